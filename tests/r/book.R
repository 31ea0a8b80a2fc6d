# Reference values on the twin for what survey.R, annex.R and register.R leave out: every other estimator that the book's
# chapters call, by R `survey`, `lme4` and base R.
# Usage: Rscript tests/r/book.R RAW_CSV_FOLDER OUT_CSV      (make oracle does all steps; the folder holds register.csv, too)
# Writes one row a value: estimator, row, quantity, value, call, versions, twin. Categories are told by their codes.
suppressPackageStartupMessages({library(survey); library(lme4)})
arguments <- commandArgs(trailingOnly = TRUE)
raw <- arguments[1]
versions <- paste0("R ", getRversion(), ", survey ", packageVersion("survey"), ", lme4 ", packageVersion("lme4"))
options(survey.lonely.psu = "fail")
z <- qnorm(0.975)
rows <- list()
add <- function(estimator, row, values, call) {
  rows[[length(rows) + 1]] <<- data.frame(estimator, row = paste(row, collapse = " "), quantity = names(values),
                                          value = as.numeric(values), call)
}
with_interval <- function(value, error, half = z) {
  c(estimate = value, standard_error = error, ci_low = value - half * error, ci_high = value + half * error)
}

# The waves, with weights, answers and the derived variables --------------------------------------------------------------
size_class <- function(size) cut(size, c(0, 20, 40, 70, 110, Inf), right = FALSE, labels = 1:5)
invited <- do.call(rbind, lapply(c(2022, 2023, 2024), function(year) {
  frame <- read.csv(file.path(raw, paste0("frame_", year, ".csv")))
  frame$size_class <- size_class(frame$office_size)
  frame$responded <- frame$respondent_id %in% read.csv(file.path(raw, paste0("survey_", year, ".csv")))$respondent_id
  frame$wave <- year
  frame
}))
read_wave <- function(year) {
  answered <- read.csv(file.path(raw, paste0("survey_", year, ".csv")))
  frame <- invited[invited$wave == year, ]
  answered <- merge(answered, frame, by = "respondent_id")
  counts <- as.data.frame(table(sector = frame$sector, size_class = frame$size_class), responseName = "Freq")
  design <- postStratify(svydesign(ids = ~1, weights = ~1, data = answered), ~ sector + size_class, counts)
  answered$weight <- weights(design) / mean(weights(design))
  for (name in setdiff(names(answered), c(names(frame), "weight"))) {
    missing <- if (name == "caseload" || startsWith(name, "act_")) -1 else 99
    answered[[name]][answered[[name]] %in% missing] <- NA
  }
  answered
}
waves <- lapply(c(2022, 2023, 2024), read_wave)
common <- Reduce(intersect, lapply(waves, names))
all_waves <- do.call(rbind, lapply(waves, function(wave) wave[common]))
now <- waves[[3]]
is <- function(x) !is.na(x) & x == 1
one_of <- function(x, codes) ifelse(is.na(x), NA, as.numeric(x %in% codes))
average <- function(data, names) {
  found <- rowMeans(data[names], na.rm = TRUE)
  ifelse(rowSums(!is.na(data[names])) == 0, NA, found)
}
places <- c("place_mental", "place_complex", "place_digital", "place_norwegian", "place_attendance")
needs <- c("need_education", "need_labour_market", "need_administration", "need_inclusion", "need_collaboration",
           "need_work_guidance", "need_participation")
now <- within(now, {
  time_competence_pos <- one_of(time_competence, 4:5)
  time_cooperation_good <- one_of(time_cooperation, 4:5)
  sys_labour_market_pos <- one_of(sys_labour_market, 4:5)
  sys_labour_market_neg <- one_of(sys_labour_market, 1:2)
  cross_agency <- ifelse(is.na(task_sector), NA, as.numeric(task_sector != ifelse(sector == 1, 1, 2)))
  act_planned_per_user <- ifelse(caseload > 0, act_planned / caseload, NA)
  act_unplanned_per_user <- ifelse(caseload > 0, act_unplanned / caseload, NA)
  act_plan_messages_per_user <- ifelse(caseload > 0, act_plan_messages / caseload, NA)
  act_email_sms_per_user <- ifelse(caseload > 0, act_email_sms / caseload, NA)
})
now$place_challenges_mean <- average(now, places)
now$time_phases_mean <- average(now, c("time_mapping", "time_prepare", "time_afterwork"))
now$need_count <- ifelse(rowSums(!is.na(now[needs])) == 0, NA, rowSums(now[needs], na.rm = TRUE))
office <- tapply(now$comp_leadership, now$office_id, mean, na.rm = TRUE)
now$office_priority_comp <- as.numeric(office[as.character(now$office_id)])
now$office_priority_comp[is.nan(now$office_priority_comp)] <- NA
now$experience3 <- ifelse(now$experience == 1, 1, ifelse(now$experience == 4, 3, 2))
now$youth_contact_group <- with(now, ifelse(age_group_followed %in% 1, 1, ifelse(age_group_followed %in% 3 & in_youth_unit %in% 1, 2,
                                     ifelse(age_group_followed %in% 3 & in_youth_unit %in% 0, 3, NA))))
role <- function(data) {
  is(data$has_caseload) & is(data$role_counsellor) & !is(data$role_job_specialist) & !is(data$role_kvp) & !is(data$role_intro) &
    !is(data$role_leader)
}
chapter_8 <- function(data) {
  is(data$has_caseload) & !(data$sick_leave_work %in% 3) & !is(data$role_leader) & !is(data$role_job_specialist)
}
counsellors <- all_waves[role(all_waves), ]
people <- now[role(now), ]

# Populations, response, weights --------------------------------------------------------------------------------------------
members <- function(data) {
  list(answered = rep(TRUE, nrow(data)), with_caseload = is(data$has_caseload), counsellors = role(data),
       youth_counsellors = role(data) & data$age_group_followed %in% 1,
       youth_followers = role(data) & data$age_group_followed %in% c(1, 3), counsellors_ch8 = chapter_8(data),
       job_specialists = is(data$has_caseload) & is(data$role_job_specialist), intro_advisers = is(data$has_caseload) & is(data$role_intro),
       kvp_counsellors = is(data$has_caseload) & is(data$role_kvp), sick_leave_counsellors = is(data$has_caseload) & data$sick_leave_work %in% 3)
}
for (year in c(2022, 2023, 2024)) {
  here <- all_waves[all_waves$wave == year, ]
  asked <- invited[invited$wave == year, ]
  chosen <- members(here)
  for (name in names(chosen)) add("population size", c(name, year), c(estimate = sum(chosen[[name]])), "sum(member)")
  for (sector in 1:2) add("response rate", c("sector", sector, year), c(estimate = 100 * mean(asked$responded[asked$sector == sector])), "100 * mean(responded)")
  for (class in 1:5) add("response rate", c("size", class, year), c(estimate = 100 * mean(asked$responded[asked$size_class == class])), "100 * mean(responded)")
  add("response", c("all", year), c(estimate = 100 * nrow(here) / nrow(asked)), "100 * nrow(answered) / nrow(invited)")
  add("response", c("caseload", year), c(estimate = 100 * sum(is(here$has_caseload)) / nrow(here)), "100 * mean(has_caseload == 1)")
  w <- here$weight
  add("weight spread", c("design effect", year), c(estimate = length(w) * sum(w^2) / sum(w)^2), "length(w) * sum(w^2) / sum(w)^2")
  for (share in c(5, 95)) add("weight spread", c("percentile", share, year), c(estimate = as.numeric(quantile(w, share / 100, type = 7))), "quantile(w, p, type = 7)")
}

# Tables 1 and 2: unweighted shares -------------------------------------------------------------------------------------------
described <- now[is(now$has_caseload), ]
roles <- grep("^role_", names(described), value = TRUE)
for (item in roles) {
  has <- described[is(described[[item]]), ]
  for (sector in 1:2) add("row profile", c(item, "sector", sector), c(estimate = 100 * mean(has$sector == sector), n = nrow(has)), "100 * prop.table(table(sector[role == 1]))")
  add("row profile", c(item, "all"), c(estimate = 100 * mean(described[[item]], na.rm = TRUE), n = sum(!is.na(described[[item]]))), "100 * mean(role, na.rm = TRUE)")
}
users <- c("users_immigrants", "users_longterm", "users_new", "users_aap", "users_social")
for (age in c(1:3, NA)) {
  column <- if (is.na(age)) described else described[described$age_group_followed %in% age, ]
  name <- if (is.na(age)) "all" else age
  for (item in c("task_sector", "sick_leave_work")) {
    answers <- column[[item]][!is.na(column[[item]])]
    for (code in 1:3) add("column profile", c(item, code, "age", name), c(estimate = 100 * mean(answers == code), n = length(answers)), "100 * prop.table(table(item))")
  }
  for (item in c(roles, grep("^innsats_", names(described), value = TRUE), users)) {
    add("column profile", c(item, "yes", "age", name), c(estimate = 100 * mean(column[[item]], na.rm = TRUE), n = sum(!is.na(column[[item]]))), "100 * mean(item, na.rm = TRUE)")
  }
}

# Batteries and derived variables, by employer and age group ------------------------------------------------------------------
design <- svydesign(ids = ~1, weights = ~weight, data = people)
mean_of <- function(estimator, row, design, variable, call) {
  known <- design[which(!is.na(design$variables[[variable]])), ]
  found <- svymean(as.formula(paste0("~", variable)), known)
  add(estimator, row, c(with_interval(as.numeric(coef(found)), as.numeric(SE(found))), n = nrow(known$variables)), call)
}
for (item in c(grep("^(comp|time|own|focus|self|part|rate|freq|place|need|unit|users)_", names(people), value = TRUE), "fixed_contact", "need_count",
               "coord_internal", "municipal_services_used", "low_threshold", "fulltime", "cross_agency", "sys_labour_market_pos",
               "sys_labour_market_neg", "office_priority_comp", grep("_per_user$", names(people), value = TRUE))) {
  if (is.numeric(people[[item]])) mean_of("item", item, design, item, "svymean(~item, design, na.rm = TRUE)")
}
for (sector in 1:2) {
  part <- design[which(people$sector == sector), ]
  for (item in c("comp_leadership", "need_education", "time_users")) mean_of("item by sector", c(item, sector), part, item, "svyby(~item, ~sector, design, svymean)")
}
for (item in c("experience", "experience3", "youth_contact_group", "task_sector", "nav_region")) {
  for (code in sort(unique(na.omit(people[[item]])))) {
    design$variables$pct <- ifelse(is.na(people[[item]]), NA, 100 * (people[[item]] == code))
    mean_of("category", c(item, code), design, "pct", "svymean(~I(100 * (item == code)), design, na.rm = TRUE)")
  }
}

# Changes between waves, and between groups of a wave ---------------------------------------------------------------------------
everyone <- svydesign(ids = ~1, strata = ~wave, weights = ~weight, data = counsellors)
answered <- everyone[which(!is.na(counsellors$caseload)), ]
for (age in 1:3) {
  table <- svyby(~caseload, ~wave, answered[which(answered$variables$age_group_followed == age), ], svymean, covmat = TRUE)
  found <- svycontrast(table, c(-1, 0, 1))
  add("difference", c("waves", "age", age), c(estimate = as.numeric(coef(found)), standard_error = as.numeric(SE(found))), "svycontrast(svyby(~caseload, ~wave, part, svymean, covmat = TRUE), c(-1, 0, 1))")
}
table <- svyby(~caseload, ~age_group_followed, answered[which(answered$variables$wave == 2024), ], svymean, covmat = TRUE)
found <- svycontrast(table, c(-1, 1, 0))
add("difference", c("groups", 1, 2), c(estimate = as.numeric(coef(found)), standard_error = as.numeric(SE(found))), "svycontrast(svyby(~caseload, ~age, part, svymean, covmat = TRUE), c(-1, 1, 0))")

# The four choices of method ------------------------------------------------------------------------------------------------------
ages <- list("1" = 1, "2" = 2, "3" = 3, all = 1:3)
choices <- list(book = svydesign(ids = ~1, weights = ~weight, data = people), unweighted = svydesign(ids = ~1, weights = ~1, data = people),
                clustered = svydesign(ids = ~office_id, weights = ~weight, data = people),
                everyone = svydesign(ids = ~1, weights = ~weight, data = now[is(now$has_caseload), ]))
for (choice in names(choices)) for (age in names(ages)) {
  part <- choices[[choice]]
  if (age != "all") part <- part[which(part$variables$age_group_followed %in% ages[[age]]), ]
  mean_of("sensitivity", c(choice, age), part, "caseload", "svymean(~caseload, subset(design, age_group_followed == a))")
}

# Curves: tests, bands, shares, logistic ones -----------------------------------------------------------------------------------------
sizes <- c(20, 80, 180)
curve_of <- function(estimator, row, part, formula, family, scale) {
  fit <- svyglm(formula, part, family = family, control = glm.control(epsilon = 1e-14, maxit = 100))
  for (step in 1:2) {
    again <- list(formula, part, family = family, start = coef(fit), control = glm.control(epsilon = 1e-14))
    if (family$link != "identity") fit <- do.call(svyglm, again)
  }
  slopes <- coef(fit)[2:3]
  p <- pchisq(as.numeric(slopes %*% solve(vcov(fit)[2:3, 2:3], slopes)), 2, lower.tail = FALSE)
  link <- predict(fit, data.frame(office_size = sizes), type = "link")
  response <- predict(fit, data.frame(office_size = sizes), type = "response")
  ends <- lapply(c(-z, z), function(side) family$linkinv(as.numeric(link) + side * as.numeric(SE(link))))
  for (i in 1:3) {
    add(estimator, c(row, "at", sizes[i]), c(estimate = scale * as.numeric(response)[i], standard_error = scale * as.numeric(SE(response))[i],
        ci_low = scale * ends[[1]][i], ci_high = scale * ends[[2]][i], p_value = p), paste0("svyglm(", deparse(formula), ", family = ", family$family, ")"))
  }
}
for (year in c(2022, 2024)) {
  part <- everyone[which(counsellors$wave == year), ]
  curve_of("curve", year, part, caseload ~ office_size + I(office_size^2), gaussian(), 1)
  for (age in 1:3) {
    part$variables$hit <- as.numeric(part$variables$age_group_followed == age)
    known <- part[which(!is.na(part$variables$hit)), ]
    curve_of("share curve", c("age", age, year), known, hit ~ office_size + I(office_size^2), gaussian(), 100)
    curve_of("logistic share curve", c("age", age, year), known, hit ~ office_size + I(office_size^2), quasibinomial(), 100)
  }
}

# Regressions: p-values, intervals, margins, turning point ----------------------------------------------------------------------------
least_squares <- function(formula, data) {
  data <- data[complete.cases(data[all.vars(formula)]), ]
  fit <- lm(formula, data, weights = weight)
  x <- model.matrix(fit)
  bread <- solve(crossprod(x, data$weight * x))
  covariance <- bread %*% crossprod(x * (data$weight * residuals(fit))) %*% bread * nrow(x) / (nrow(x) - ncol(x))
  list(fit = fit, data = data, covariance = covariance, freedom = nrow(x) - ncol(x))
}
margin <- function(estimator, row, found, scale, w, ...) {
  data <- found$data
  set <- list(...)
  for (name in names(set)) {
    levels <- levels(data[[name]])
    data[[name]] <- if (is.null(levels)) set[[name]] else factor(rep(set[[name]], nrow(data)), levels)
  }
  x <- colSums(w * model.matrix(delete.response(terms(found$fit)), data)) / sum(w)
  add(estimator, row, with_interval(scale * sum(x * coef(found$fit)), scale * sqrt(as.numeric(x %*% found$covariance %*% x))),
      "weighted mean of predictions with the variable set; delta method")
}
factors <- function(data) {
  data$age <- factor(data$age_group_followed, 1:3)
  data$work <- factor(data$experience, 1:4)
  data$tasks <- factor(data$task_sector, 1:3)
  data$municipal <- as.numeric(data$sector == 2)
  data
}
people <- factors(people)
others <- factors(now[chapter_8(now), ])
annex_2 <- "~ time_competence_pos + age + users_immigrants + users_longterm + users_new + users_aap + users_social + work + municipal + office_size"
annex_4 <- "~ tasks + age + users_immigrants + users_longterm + users_new + users_aap + users_social + caseload + nav_region + office_size"
fits <- list(comp_leadership = least_squares(as.formula(paste("comp_leadership", annex_2)), people),
             need_education = least_squares(as.formula(paste("need_education", annex_2)), people),
             place_total = least_squares(as.formula(paste("place_total", annex_4)), others))
for (name in names(fits)) {
  found <- fits[[name]]
  beta <- coef(found$fit)
  error <- sqrt(diag(found$covariance))
  # The constant last, as the annexes print it.
  for (i in c(seq_along(beta)[-1], 1)) {
    position <- if (i == 1) length(beta) else i - 1
    add("regression", c(name, position), c(with_interval(beta[[i]], error[[i]], qt(0.975, found$freedom)),
        p_value = 2 * pt(-abs(beta[[i]] / error[[i]]), found$freedom)), "lm(weights = weight), HC1 written out, qt and pt with n - k")
  }
}
for (value in 0:1) {
  margin("margins", c("comp_leadership", "time_competence_pos", value), fits$comp_leadership, 1, fits$comp_leadership$data$weight, time_competence_pos = value)
  margin("margins", c("need_education", "time_competence_pos", value), fits$need_education, 100, fits$need_education$data$weight, time_competence_pos = value)
}
for (code in 1:4) margin("margins", c("comp_leadership", "experience", code), fits$comp_leadership, 1, fits$comp_leadership$data$weight, work = code)
for (value in c(20, 100)) margin("margins", c("place_total", "caseload", value), fits$place_total, 1, fits$place_total$data$weight, caseload = value)
for (item in users) do.call(margin, c(list("margins", c("place_total", item, 1), fits$place_total, 1, fits$place_total$data$weight), setNames(list(1), item)))
turn <- function(estimator, beta, covariance) {
  one <- match("caseload", names(beta))
  two <- match("I(caseload^2)", names(beta))
  slope <- rep(0, length(beta))
  slope[one] <- -1 / (2 * beta[[two]])
  slope[two] <- beta[[one]] / (2 * beta[[two]]^2)
  add(estimator, "caseload", with_interval(-beta[[one]] / (2 * beta[[two]]), sqrt(as.numeric(slope %*% covariance %*% slope))),
      "-b1 / (2 * b2), delta method")
}
parabola <- least_squares(time_users ~ caseload + I(caseload^2) + own_safe_priority, people)
turn("turning point", coef(parabola$fit), parabola$covariance)
formula <- time_users ~ caseload + I(caseload^2) + own_safe_priority + work + other_duties + municipal + age + users_aap + users_social +
  users_immigrants + users_new + users_longterm + office_size + office_priority_comp
data <- people[complete.cases(people[all.vars(formula)]), ]
mixed <- suppressWarnings(lmer(update(formula, . ~ . + (1 | office_id)), data, REML = TRUE,
  control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10), check.conv.grad = "ignore", check.scaleX = "ignore")))
covariance <- as.matrix(vcov(mixed))
between <- as.numeric(VarCorr(mixed)$office_id[1])
call <- "lmer(time_users ~ fig-28's terms + (1 | office_id), REML = TRUE)"
add("mixed model", "standardavvik mellom kontor", c(estimate = sqrt(between)), call)
add("mixed model", "standardavvik mellom veiledere", c(estimate = sigma(mixed)), call)
add("mixed model", "mellom kontor", c(estimate = 100 * between / (between + sigma(mixed)^2)), call)
add("mixed model", "kontor", c(estimate = length(unique(data$office_id))), call)
beta <- fixef(mixed)
error <- sqrt(diag(covariance))
for (i in c(seq_along(beta)[-1], 1)) {
  add("mixed model", c("position", if (i == 1) length(beta) else i - 1),
      c(with_interval(beta[[i]], error[[i]]), p_value = 2 * pnorm(-abs(beta[[i]] / error[[i]]))), call)
}
for (value in c(20, 100)) {
  x <- colMeans(model.matrix(delete.response(terms(formula)), transform(data, caseload = value)))
  add("mixed margins", c("caseload", value), with_interval(sum(x * beta), sqrt(as.numeric(x %*% covariance %*% x))), "mean of predictions of lmer with the variable set")
}
turn("mixed turning point", beta, covariance)

# Change within offices over three waves --------------------------------------------------------------------------------------------------
for (variable in c("caseload", "time_users")) {
  known <- counsellors[!is.na(counsellors[[variable]]), ]
  offices <- do.call(rbind, lapply(split(known, list(known$office_id, known$wave), drop = TRUE), function(part) {
    data.frame(office = part$office_id[1], wave = part$wave[1], mean = weighted.mean(part[[variable]], part$weight), w = sum(part$weight))
  }))
  change <- function(row, offices, within) {
    later <- cbind("2023" = as.numeric(offices$wave == 2023), "2024" = as.numeric(offices$wave == 2024))
    x <- if (within) cbind(later, model.matrix(~ factor(office) - 1, offices)) else cbind(later, 1)
    bread <- solve(crossprod(x, offices$w * x))
    beta <- bread %*% crossprod(x, offices$w * offices$mean)
    scores <- rowsum(x * as.numeric(offices$w * (offices$mean - x %*% beta)), offices$office)
    own <- if (within) 2 else 3
    covariance <- bread %*% crossprod(scores) %*% bread * nrow(x) / (nrow(x) - own)
    for (i in 1:2) {
      add("change", c(variable, row, colnames(x)[i]), with_interval(beta[i], sqrt(covariance[i, i])),
          "weighted least squares on offices' means, dummies of offices, errors clustered by office, n / (n - k)")
    }
  }
  change("alle svar", offices, FALSE)
  change("innen samme kontor", offices[offices$office %in% offices$office[duplicated(offices$office)], ], TRUE)
}

# The register: shares, effects of a logistic regression, clustered errors, recipients only --------------------------------------------------
persons <- read.csv(file.path(raw, "register.csv"))
for (group in c(1:3, NA)) {
  part <- if (is.na(group)) persons else persons[persons$service_group == group, ]
  name <- if (is.na(group)) "all" else group
  add("register count", name, c(estimate = nrow(part)), "nrow(persons)")
  for (item in c("no_activity", "labour_market_measure", "medical_treatment", "digital_dialogue", "meeting_or_conversation", "partly_at_work",
                 "fully_laid_off", "has_children")) {
    add("register share", c(item, name), c(estimate = 100 * mean(part[[item]]), n = nrow(part)), "100 * mean(item)")
  }
  for (code in 1:2) add("register share", c("gender", code, name), c(estimate = 100 * mean(part$gender == code), n = nrow(part)), "100 * prop.table(table(gender))")
}
merged <- function(x, groups) factor(rep(names(groups), lengths(groups))[match(x, unlist(groups))], names(groups))
persons <- within(persons, {
  woman <- as.numeric(gender == 1)
  age <- relevel(cut(age_years, c(-Inf, 19, 24, 29), c("19", "20-24", "25-29")), "20-24")
  birth <- merged(birth_region, list("1" = 1, "2" = 2, "3" = 3, "4" = 4, "5" = c(5, 6)))
  school <- merged(education, list("2" = 2, "1" = 1, "3" = c(3, 4), "4" = 5))
  place <- merged(county, list("1" = 1, "2" = 2, "3" = 4, "4" = 3, "5" = 5, "6" = 6, "7" = 7, "8" = 8, "9" = 9, "10" = 10, "11" = 11,
                               "12" = c(12, 13)))
  aap <- as.numeric(benefit == 1)
  long <- relevel(cut(duration_months, c(2, 5, 13, 25, 37, 49, Inf), c("1", "2", "3", "4", "5", "6")), "2")
})
special <- persons[persons$service_group == 3, ]
formula <- labour_market_measure ~ woman + age + birth + school + aap + place + long + has_children + medical_treatment
fit <- lm(formula, special)
x <- model.matrix(fit)
bread <- solve(crossprod(x))
scores <- rowsum(x * residuals(fit), as.character(special$place))
clusters <- nrow(scores)
clustered <- sqrt(diag(bread %*% crossprod(scores) %*% bread) * clusters / (clusters - 1) * (nrow(x) - 1) / (nrow(x) - ncol(x)))
call <- "lm(V1, column 2), errors clustered by county, G / (G - 1) * (n - 1) / (n - k)"
for (i in seq_along(coef(fit))) add("register, clustered", names(coef(fit))[i], c(estimate = coef(fit)[[i]], standard_error = clustered[[i]]), call)
half <- qt(0.975, fit$df.residual) * coef(summary(fit))[, 2]
for (i in seq_along(coef(fit))) add("register, intervals", names(coef(fit))[i], c(ci_low = coef(fit)[[i]] - half[[i]], ci_high = coef(fit)[[i]] + half[[i]]), "confint(lm(V1, column 2))")
recipients <- lm(update(formula, . ~ . - aap), special[special$aap == 1, ])
for (i in seq_along(coef(recipients))) {
  add("register, recipients", names(coef(recipients))[i], c(estimate = coef(recipients)[[i]], standard_error = coef(summary(recipients))[i, 2]),
      "lm(V1, column 2, without aap, aap == 1)")
}
logit <- glm(formula, binomial(), special, epsilon = 1e-14, maxit = 100)
logit <- glm(formula, binomial(), special, start = coef(logit), epsilon = 1e-14, maxit = 100)
covariance <- vcov(logit)
x <- model.matrix(logit)
siblings <- attr(x, "assign")
for (i in seq_along(coef(logit))[-1]) {
  without <- x
  without[, siblings == siblings[i]] <- 0
  with_it <- without
  with_it[, i] <- 1
  one <- plogis(as.numeric(with_it %*% coef(logit)))
  other <- plogis(as.numeric(without %*% coef(logit)))
  slope <- colMeans(one * (1 - one) * with_it) - colMeans(other * (1 - other) * without)
  error <- sqrt(as.numeric(slope %*% covariance %*% slope))
  add("register, logistic", names(coef(logit))[i], c(estimate = mean(one - other), p_value = 2 * pnorm(-abs(mean(one - other) / error))),
      "average of plogis with less without, glm(binomial); delta method")
}

table <- do.call(rbind, rows)
table$value <- ifelse(is.finite(table$value), trimws(formatC(table$value, digits = 15, format = "g")), "NA")
table$versions <- versions
twin_of <- function(name) readLines(file.path(raw, name), warn = FALSE)
table$twin <- ifelse(startsWith(table$estimator, "register"), twin_of("register.txt"), twin_of("twin.txt"))
write.csv(table, arguments[2], row.names = FALSE, fileEncoding = "UTF-8")
cat(nrow(table), "reference values,", sum(table$value == "NA"), "of them NA,", versions, "\n")
