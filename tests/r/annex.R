# Independent re-estimation of annexes 2-4 and of figure 28's mixed model, from the raw files.
# Usage: Rscript tests/r/annex.R RAW_CSV_FOLDER OUT_CSV      (make oracle does all steps)
# Nothing of the report's own code is used: lm(weights=) with HC1 written out here, lme4::lmer by REML.
# Writes one row a coefficient: model, outcome, position (the constant last), term, estimate, standard_error, call, versions.
suppressPackageStartupMessages({library(survey); library(lme4)})
arguments <- commandArgs(trailingOnly = TRUE)
raw <- arguments[1]
out <- arguments[2]
year <- 2024
versions <- paste0("R ", getRversion(), ", survey ", packageVersion("survey"), ", lme4 ", packageVersion("lme4"))

# One wave with weights: survey::postStratify on the frame's counts, mean 1 ---------------------------------------------
answered <- read.csv(file.path(raw, paste0("survey_", year, ".csv")))
frame <- read.csv(file.path(raw, paste0("frame_", year, ".csv")))
size_class <- function(size) cut(size, c(0, 20, 40, 70, 110, Inf), right = FALSE)
frame$size_class <- size_class(frame$office_size)
answered <- merge(answered, frame, by = "respondent_id")
counts <- as.data.frame(table(sector = frame$sector, size_class = frame$size_class), responseName = "Freq")
counts <- counts[counts$Freq > 0, ]
design <- postStratify(svydesign(ids = ~1, weights = ~1, data = answered), ~ sector + size_class, counts)
answered$weight <- weights(design) / mean(weights(design))

# Codes to answers -----------------------------------------------------------------------------------------------------
for (name in setdiff(names(answered), c("respondent_id", "office_id", "office_size", "weight", "size_class"))) {
  missing <- if (name == "caseload" || startsWith(name, "act_")) -1 else 99
  if (is.numeric(answered[[name]])) answered[[name]][answered[[name]] %in% missing] <- NA
}
is <- function(x) !is.na(x) & x == 1
cut45 <- function(x) ifelse(is.na(x), NA, as.numeric(x >= 4))
answered$positive <- cut45(answered$time_competence)
answered$age <- factor(answered$age_group_followed, 1:3)
answered$work <- factor(answered$experience, 1:4)
answered$tasks <- factor(answered$task_sector, 1:3)
answered$municipal <- as.numeric(answered$sector == 2)
five <- c("place_mental", "place_complex", "place_digital", "place_norwegian", "place_attendance")
answered$place_challenges_mean <- rowMeans(answered[five], na.rm = TRUE)
answered$place_challenges_mean[rowSums(!is.na(answered[five])) == 0] <- NA
office <- tapply(answered$comp_leadership, answered$office_id, mean, na.rm = TRUE)
answered$office_priority_comp <- as.numeric(office[as.character(answered$office_id)])
counsellors <- answered[is(answered$has_caseload) & is(answered$role_counsellor) & !is(answered$role_job_specialist) &
                          !is(answered$role_kvp) & !is(answered$role_intro) & !is(answered$role_leader), ]
chapter_8 <- answered[is(answered$has_caseload) & !(answered$sick_leave_work %in% 3) & !is(answered$role_leader) &
                        !is(answered$role_job_specialist), ]

rows <- list()
add <- function(model, outcome, term, position, estimate, se, call) {
  rows[[length(rows) + 1]] <<- data.frame(model, outcome, position, term, estimate, standard_error = se, call)
}
keep <- function(model, outcome, beta, se, call) {
  # The constant last, as the annexes print it.
  order <- c(seq_along(beta)[-1], 1)
  for (i in seq_along(order)) add(model, outcome, names(beta)[order[i]], i, beta[order[i]], se[order[i]], call)
}

# Weighted least squares with HC1: (X'WX)^-1 X'W diag(e^2) W X (X'WX)^-1 n/(n-k) ----------------------------------------
ols <- function(model, outcome, terms, data) {
  formula <- as.formula(paste(outcome, "~", terms))
  data <- data[complete.cases(data[all.vars(formula)]), ]
  fit <- lm(formula, data, weights = weight)
  x <- model.matrix(fit)
  w <- data$weight
  bread <- solve(crossprod(x, w * x))
  meat <- crossprod(x * (w * residuals(fit)))
  covariance <- bread %*% meat %*% bread * nrow(x) / (nrow(x) - ncol(x))
  call <- paste0("lm(", outcome, " ~ ", terms, ", weights = weight)")
  keep(model, outcome, coef(fit), sqrt(diag(covariance)), call)
  add(model, outcome, "r2", 0, summary(fit)$r.squared, NA, call)
  add(model, outcome, "n", 0, nrow(x), NA, call)
}
users <- "users_immigrants + users_longterm + users_new + users_aap + users_social"
annex_2 <- paste("positive + age +", users, "+ work + municipal + office_size")
for (outcome in c("comp_leadership", "comp_guidance", "comp_labour_market", "comp_participation", "comp_local_services")) {
  ols("tbl-vedlegg-2", outcome, annex_2, counsellors)
}
for (outcome in c("need_work_guidance", "need_education", "need_labour_market", "need_administration", "need_inclusion",
                  "need_collaboration", "need_participation", "need_none")) {
  ols("tbl-vedlegg-3", outcome, annex_2, counsellors)
}
for (outcome in c("place_total", "place_challenges_mean")) {
  ols("tbl-vedlegg-4", outcome, paste("tasks + age +", users, "+ caseload + nav_region + office_size"), chapter_8)
}

# Figure 28: random intercept for the office, REML ------------------------------------------------------------------------
mixed <- function(model, terms) {
  formula <- as.formula(paste("time_users ~", terms, "+ (1 | office_id)"))
  data <- counsellors[complete.cases(counsellors[all.vars(formula)]), ]
  fit <- lmer(formula, data, REML = TRUE, control = lmerControl(check.conv.grad = "ignore", check.scaleX = "ignore",
              optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10)))
  call <- paste0("lmer(time_users ~ ", terms, " + (1 | office_id), REML = TRUE)")
  keep(model, "time_users", fixef(fit), sqrt(diag(as.matrix(vcov(fit)))), call)
  between <- as.numeric(VarCorr(fit)$office_id[1])
  within <- sigma(fit)^2
  add(model, "time_users", "icc_pct", 0, 100 * between / (between + within), NA, call)
  add(model, "time_users", "n", 0, nrow(data), NA, call)
}
mixed("empty", "1")
mixed("fig-28", paste("caseload + I(caseload^2) + own_safe_priority + work + other_duties + municipal + age + users_aap +",
                      "users_social + users_immigrants + users_new + users_longterm + office_size + office_priority_comp"))

table <- do.call(rbind, rows)
table$versions <- versions
twin <- readLines(file.path(raw, "twin.txt"), warn = FALSE)
table$twin <- if (length(twin)) twin[1] else ""
for (column in c("estimate", "standard_error")) table[[column]] <- trimws(formatC(table[[column]], digits = 15, format = "g"))
table$standard_error[grepl("NA", table$standard_error)] <- ""
write.csv(table, out, row.names = FALSE, na = "", fileEncoding = "UTF-8")
cat(nrow(table), "reference values,", versions, "\n")
