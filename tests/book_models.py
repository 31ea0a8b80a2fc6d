"""Formulas of the book that tests hold against other programs; `test_models_again` takes them from the chapters."""

USERS = ["users_immigrants", "users_longterm", "users_new", "users_aap", "users_social"]
COMPETENCE = f"time_competence_pos + age_group_followed + {' + '.join(USERS)} + experience + sector + office_size"
PLACES = f"task_sector + age_group_followed + {' + '.join(USERS)} + caseload + nav_region_code + office_size"
# Figure 28: the terms that the chapter names, individual ones first.
TIME = (
    "time_users ~ caseload + I(caseload**2) + own_safe_priority + experience + other_duties + sector"
    " + age_group_followed + users_aap + users_social + users_immigrants + users_new + users_longterm + office_size"
    " + office_priority_comp"
)
WORK = ("leadership", "guidance", "labour_market", "participation", "local_services")
NEEDS = ("work_guidance", "education", "labour_market", "administration", "inclusion", "collaboration", "participation",
         "none")  # fmt: skip
# Of each annex: formulas, in the order of the table's columns, and whom it is of.
ANNEXES = {
    "tbl-vedlegg-2": ([f"comp_{item} ~ {COMPETENCE}" for item in WORK], "counsellors"),
    "tbl-vedlegg-3": ([f"need_{item} ~ {COMPETENCE}" for item in NEEDS], "counsellors"),
    "tbl-vedlegg-4": ([f"{item} ~ {PLACES}" for item in ("place_total", "place_challenges_mean")], "counsellors_ch8"),
}
