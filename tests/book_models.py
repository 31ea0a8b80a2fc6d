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
