# Reference values for the edge cases of the estimators, by R `survey`, `lme4` and base R (frames: tests/edge_frames.py).
# Usage: Rscript tests/r/edge.R FRAMES_CSV OUT_CSV      (make oracle does all steps)
# Writes one row a value: case, estimator, row, quantity, value, call, versions, frames. What R refuses, or warns that it
# can't tell (an error or a warning), is NA. Nothing of the report's own code is used.
suppressPackageStartupMessages({library(survey); library(lme4)})
arguments <- commandArgs(trailingOnly = TRUE)
frames <- read.csv(arguments[1], na.strings = c("", "NA"))
versions <- paste0("R ", getRversion(), ", survey ", packageVersion("survey"), ", lme4 ", packageVersion("lme4"))
z <- qnorm(0.975)
rows <- list()
add <- function(estimator, row, values, call) {
  rows[[length(rows) + 1]] <<- data.frame(case, estimator, row, quantity = names(values), value = as.numeric(values), call)
}
known <- function(expression, length = 1) {
  tryCatch(expression, error = function(e) rep(NA_real_, length), warning = function(w) rep(NA_real_, length))
}

# Means and shares: svymean in a domain, waves as strata ------------------------------------------------------------------
design_of <- function(data, clusters = FALSE) {
  ids <- if (clusters) ~office_id else ~1
  known(svydesign(ids = ids, strata = ~wave, weights = ~weight, data = data, nest = TRUE))
}
mean_in <- function(estimator, row, design, member, variable, call) {
  options(survey.lonely.psu = "remove")
  n <- sum(member & !is.na(if (variable == "pct") pct else current[[variable]]))
  part <- if (is.list(design) && n > 0) known(design[which(member & !is.na(design$variables[[variable]])), ]) else NA
  formula <- as.formula(paste0("~", variable))
  found <- if (is.list(part)) known(as.numeric(coef(svymean(formula, part)))) else NA
  # A wave of one person (or office) has no variance: survey stops.
  options(survey.lonely.psu = "fail")
  error <- if (is.list(part)) known(as.numeric(SE(svymean(formula, part)))) else NA
  ends <- c(found - z * error, found + z * error)
  # A share's interval that would leave 0-100 is made by the logit.
  if (variable == "pct" && !anyNA(ends) && (ends[1] < -1e-9 || ends[2] > 100 + 1e-9)) {
    ends <- 100 * as.numeric(confint(svyciprop(~I(pct > 50), part, method = "logit", df = Inf)))
    call <- "svyciprop(~I(pct > 50), part, method = \"logit\", df = Inf)"
  }
  add(estimator, row, c(estimate = found, standard_error = error, ci_low = ends[1], ci_high = ends[2], n = n), call)
}
means <- function(data) {
  everyone <- rep(TRUE, nrow(data))
  design <- design_of(data)
  mean_in("mean", "all", design, everyone, "y", "svymean(~y, svydesign(ids = ~1, strata = ~wave, weights = ~weight))")
  plain <- design_of(transform(data, weight = 1))
  mean_in("mean, unweighted", "all", plain, everyone, "y", "svymean(~y, svydesign(ids = ~1, strata = ~wave, weights = ~1))")
  clustered <- design_of(data, TRUE)
  mean_in("mean, clustered", "all", clustered, everyone, "y",
          "svymean(~y, svydesign(ids = ~office_id, strata = ~wave, weights = ~weight, nest = TRUE))")
  for (group in sort(unique(data$group))) {
    mean_in("mean by group", group, design, data$group == group, "y", "svyby(~y, ~group, design, svymean, na.rm = TRUE)")
    mean_in("mean by group, clustered", group, clustered, data$group == group, "y",
            "svyby(~y, ~group, clustered, svymean, na.rm = TRUE)")
    for (wave in sort(unique(data$wave))) {
      mean_in("mean by group and wave", paste(group, wave), design, data$group == group & data$wave == wave, "y",
              "svyby(~y, ~group + wave, design, svymean, na.rm = TRUE)")
    }
  }
  mean_in("mean within", "yes", design, data$yes %in% 1, "y", "svymean(~y, subset(design, yes == 1), na.rm = TRUE)")
  for (wave in sort(unique(data$wave))) {
    pct <<- 100 * data$yes
    if (is.list(design)) design$variables$pct <- pct
    mean_in("share of yes", wave, design, data$wave == wave, "pct", "svyby(~I(100 * yes), ~wave, design, svymean, na.rm = TRUE)")
  }
  for (level in c("low", "mid", "high", "never")) {
    pct <<- ifelse(is.na(data$level), NA, 100 * (data$level == level))
    if (is.list(design)) design$variables$pct <- pct
    mean_in("share of levels", level, design, everyone, "pct", "svymean(~I(100 * (level == l)), design, na.rm = TRUE)")
  }
}
# Totals and ratios of two variables' totals: svytotal and svyratio in a domain of those who answered ----------------------
summed_in <- function(estimator, row, design, member, variables, call) {
  known_all <- Reduce(`&`, lapply(variables, function(name) !is.na(current[[name]])))
  part <- if (is.list(design) && any(member & known_all)) known(design[which(member & known_all), ]) else NA
  summed <- function() {
    formulas <- lapply(variables, function(name) as.formula(paste0("~", name)))
    if (length(variables) == 2) svyratio(formulas[[1]], formulas[[2]], part) else svytotal(formulas[[1]], part)
  }
  options(survey.lonely.psu = "remove")
  found <- if (is.list(part)) known(as.numeric(coef(summed()))) else NA
  options(survey.lonely.psu = "fail")
  error <- if (is.list(part)) known(as.numeric(SE(summed()))) else NA
  add(estimator, row, c(estimate = found, standard_error = error, ci_low = found - z * error, ci_high = found + z * error,
                        n = sum(member & known_all)), call)
}
sums <- function(data) {
  design <- design_of(data)
  clustered <- design_of(data, TRUE)
  everyone <- rep(TRUE, nrow(data))
  kinds <- list(total = "y", ratio = c("y", "x"))
  calls <- list(total = "svytotal(~y, design, na.rm = TRUE)", ratio = "svyratio(~y, ~x, design, na.rm = TRUE)")
  for (kind in names(kinds)) {
    summed_in(kind, "all", design, everyone, kinds[[kind]], calls[[kind]])
    summed_in(paste0(kind, ", clustered"), "all", clustered, everyone, kinds[[kind]], sub("design", "clustered", calls[[kind]]))
    summed_in(paste(kind, "within"), "yes", design, data$yes %in% 1, kinds[[kind]],
              sub("design", "subset(design, yes == 1)", calls[[kind]]))
    for (group in sort(unique(data$group))) for (wave in sort(unique(data$wave))) {
      summed_in(paste(kind, "by group and wave"), paste(group, wave), design, data$group == group & data$wave == wave,
                kinds[[kind]], paste("svyby by ~group + wave of", calls[[kind]]))
    }
    for (group in sort(unique(data$group))) {
      summed_in(paste(kind, "by group, clustered"), group, clustered, data$group == group, kinds[[kind]],
                paste("svyby by ~group of", sub("design", "clustered", calls[[kind]])))
    }
  }
}
pairs_of <- function(data) {
  both <- !is.na(data$y) & !is.na(data$x)
  pair_in <- function(row, design, member) {
    difference <- function() {
      stopifnot(any(member & both))
      part <- design[which(member & both), ]
      svycontrast(svymean(~ y + x, part), c(1, -1))
    }
    options(survey.lonely.psu = "remove")
    found <- known(as.numeric(coef(difference())))
    options(survey.lonely.psu = "fail")
    error <- known(as.numeric(SE(difference())))
    add("paired", row, c(estimate = found, standard_error = error, ci_low = found - z * error, ci_high = found + z * error,
                         n = sum(member & both)), "svycontrast(svymean(~y + x, design, na.rm = TRUE), c(1, -1))")
  }
  for (wave in sort(unique(data$wave))) pair_in(paste("wave", wave), design_of(data), data$wave == wave)
  pair_in("offices", design_of(data, TRUE), rep(TRUE, nrow(data)))
}
contrasts_of <- function(data) {
  contrast <- function(row, by, part, call) {
    options(survey.lonely.psu = "fail")
    found <- known({
      # In a domain of those who answered; without an error nothing can be said of a difference.
      design <- design_of(data)
      design <- design[which(part & !is.na(data$y)), ]
      table <- svyby(~y, by, design, svymean, covmat = TRUE)
      stopifnot(nrow(table) >= 2, any(SE(table)[1:2] > 1e-12), is.numeric(table[[1]]) || all(table[1:2, 1] == c("a", "b")))
      change <- svycontrast(table, c(-1, 1, rep(0, nrow(table) - 2)))
      c(as.numeric(coef(change)), as.numeric(SE(change)))
    }, 2)
    add("difference", row, c(estimate = found[1], standard_error = found[2]), call)
  }
  contrast("waves", ~wave, TRUE, "svycontrast(svyby(~y, ~wave, design, svymean, covmat = TRUE), c(-1, 1))")
  contrast("groups", ~group, data$wave == 2024,
           "svycontrast(svyby(~y, ~group, subset(design, wave == 2024), svymean, covmat = TRUE), c(-1, 1, 0))")
}

# Curves: svyglm on size and its square ------------------------------------------------------------------------------------
sizes <- c(10, 40, 80)
curve_found <- function(design, member, formula, family, scale) {
  options(survey.lonely.psu = "fail")
  outcome <- all.vars(formula)[1]
  member <- member & !is.na(current[[outcome]])
  found <- known({
    part <- design[which(member), ]
    # As many persons as coefficients, or fewer sizes than coefficients, have no curve with an error.
    stopifnot(sum(member) > 3, length(unique(part$variables$size)) >= 3)
    # Where all answered alike no logistic curve has a highest likelihood.
    stopifnot(family$link == "identity" || length(unique(part$variables[[outcome]])) > 1)
    fit <- svyglm(formula, part, family = family, control = glm.control(epsilon = 1e-14, maxit = 100))
    stopifnot(!anyNA(coef(fit)), fit$converged)
    # Once more from where it came to rest: the covariance is that of the coefficients before the last step.
    for (step in 1:2) {
      again <- list(formula, part, family = family, start = coef(fit), control = glm.control(epsilon = 1e-14))
      if (family$link != "identity") fit <- do.call(svyglm, again)
    }
    # Parted by size: glm would warn of probabilities of 0 or 1.
    stopifnot(family$link == "identity" || all(fitted(fit) > 1e-9 & fitted(fit) < 1 - 1e-9))
    link <- predict(fit, data.frame(size = sizes), type = "link")
    response <- predict(fit, data.frame(size = sizes), type = "response")
    slopes <- coef(fit)[2:3]
    if (family$link == "identity") {
      low <- as.numeric(link) - z * SE(link)
      high <- as.numeric(link) + z * SE(link)
    } else {
      low <- plogis(as.numeric(link) - z * SE(link))
      high <- plogis(as.numeric(link) + z * SE(link))
    }
    p <- if (length(unique(part$variables[[outcome]])) == 1) NA else
      known(pchisq(as.numeric(slopes %*% solve(vcov(fit)[2:3, 2:3], slopes)), 2, lower.tail = FALSE))
    cbind(scale * as.numeric(response), scale * as.numeric(SE(response)), scale * low, scale * high, p)
  }, 15)
  matrix(found, 3)
}
curve_in <- function(estimator, row, design, member, formula, family, scale, call) {
  member <- member & !is.na(current[[all.vars(formula)[1]]])
  add_curve(estimator, row, curve_found(design, member, formula, family, scale), member, call)
}
add_curve <- function(estimator, row, found, member, call) {
  for (i in 1:3) {
    add(estimator, paste0(row, " ", sizes[i]), c(estimate = found[i, 1], standard_error = found[i, 2], ci_low = found[i, 3],
                                                 ci_high = found[i, 4], p_value = found[i, 5], n = sum(member)), call)
  }
}
curves <- function(data) {
  design <- design_of(data)
  everyone <- rep(TRUE, nrow(data))
  curve_in("curve", "all", design, everyone, y ~ size + I(size^2), gaussian(), 1, "predict(svyglm(y ~ size + I(size^2), design))")
  for (group in sort(unique(data$group))) {
    curve_in("curve by group", group, design, data$group == group, y ~ size + I(size^2), gaussian(), 1,
             "predict(svyglm(y ~ size + I(size^2), subset(design, group == g)))")
  }
  curve_in("share curve", "all", design, everyone, yes ~ size + I(size^2), gaussian(), 100,
           "100 * predict(svyglm(yes ~ size + I(size^2), design))")
  # The linear curve with its band cut at 0 and 100; the logistic one where the line leaves them.
  known_yes <- !is.na(current$yes)
  found <- curve_found(design, known_yes, yes ~ size + I(size^2), gaussian(), 100)
  outside <- function(x) any(x < -1e-9 | x > 100 + 1e-9, na.rm = TRUE)
  logistic <- if (outside(found[, 1])) curve_found(design, known_yes, yes ~ size + I(size^2), quasibinomial(), 100) else NA
  if (!all(is.na(logistic))) {
    found <- logistic
  } else if (!outside(found[, 1])) {
    found[, 3] <- pmax(found[, 3], 0)
    found[, 4] <- pmin(found[, 4], 100)
  }
  add_curve("bounded share curve", "all", found, known_yes, "predict(svyglm(…)), gaussian() or quasibinomial(), pmax and pmin of the band")
  curve_in("logistic share curve", "all", design, everyone, yes ~ size + I(size^2), quasibinomial(), 100,
           "100 * predict(svyglm(yes ~ size + I(size^2), design, family = quasibinomial()), type = \"response\")")
}

# Weighted least squares with HC1, margins and the turning point ------------------------------------------------------------
least_squares <- function(formula, data) {
  data <- data[complete.cases(data[all.vars(formula)]), ]
  data$group <- factor(data$group)
  if (length(levels(data$group)) < 2) formula <- update(formula, . ~ . - group)
  fit <- lm(formula, data, weights = weight)
  x <- model.matrix(fit)
  w <- data$weight
  bread <- solve(crossprod(x, w * x))
  covariance <- bread %*% crossprod(x * (w * residuals(fit))) %*% bread * nrow(x) / (nrow(x) - ncol(x))
  outcome <- model.response(model.frame(fit))
  # summary.lm's own rule for an essentially perfect fit, where errors are noise; and a constant has no share explained.
  centre <- weighted.mean(outcome, w)
  explained <- if (length(unique(outcome)) == 1) NA else 1 - sum(w * residuals(fit)^2) / sum(w * (outcome - centre)^2)
  if (length(unique(outcome)) == 1 || sum(w * residuals(fit)^2) / sum(w) < (mean(outcome)^2 + var(outcome)) * 1e-24) {
    covariance[] <- NA
  }
  list(fit = fit, covariance = covariance, x = x, w = w, freedom = nrow(x) - ncol(x), r2 = explained, data = data)
}
label_of <- function(term) {
  switch(term, "(Intercept)" = "konstant", "I(x^2)" = "x, kvadrert", sub("^group", "", term))
}
regressions <- function(data) {
  found <- known(list(least_squares(y ~ x + group, data)), 1)[[1]]
  call <- "lm(y ~ x + group, weights = weight) with HC1 written out"
  if (!is.list(found) || anyNA(coef(found$fit)) || found$freedom < 1) {
    add("regression", "refused", c(estimate = NA), call)
  } else {
    beta <- coef(found$fit)
    error <- sqrt(diag(found$covariance))
    half <- qt(0.975, found$freedom) * error
    for (i in seq_along(beta)) {
      add("regression", label_of(names(beta)[i]),
          c(estimate = beta[[i]], standard_error = error[[i]], p_value = 2 * pt(-abs(beta[[i]] / error[[i]]), found$freedom),
            ci_low = beta[[i]] - half[[i]], ci_high = beta[[i]] + half[[i]]), call)
    }
    add("regression", "R²", c(estimate = found$r2), call)
    add("regression", "N", c(estimate = nrow(found$x)), call)
    margin <- function(row, data, call) {
      average <- colSums(found$w * model.matrix(delete.response(terms(found$fit)), data, xlev = found$fit$xlevels)) / sum(found$w)
      error <- sqrt(as.numeric(average %*% found$covariance %*% average))
      value <- sum(average * beta)
      add("margins", row, c(estimate = value, standard_error = error, ci_low = value - z * error, ci_high = value + z * error), call)
    }
    for (value in c(0, 4)) {
      margin(paste("x", value), transform(found$data, x = value), "weighted mean of predict(lm, x = v); delta method")
    }
    for (group in levels(found$data$group)) {
      everyone <- found$data
      everyone$group <- factor(rep(group, nrow(everyone)), levels(found$data$group))
      margin(group, everyone,
             "weighted mean of predict(lm, group = g); delta method")
    }
  }
  squared <- known(list(least_squares(y ~ x + I(x^2), data)), 1)[[1]]
  call <- "-b1 / (2 * b2) of lm(y ~ x + I(x^2), weights = weight); delta method with HC1"
  if (!is.list(squared) || anyNA(coef(squared$fit)) || squared$freedom < 1) {
    add("turning point", "refused", c(estimate = NA), call)
  } else {
    b <- coef(squared$fit)
    slope <- c(0, -1 / (2 * b[[3]]), b[[2]] / (2 * b[[3]]^2))
    error <- sqrt(as.numeric(slope %*% squared$covariance %*% slope))
    place <- -b[[2]] / (2 * b[[3]])
    # Where the square's coefficient is noise the line does not turn.
    if (anyNA(squared$covariance)) place <- error <- NA
    add("turning point", "x", c(estimate = place, standard_error = error, ci_low = place - z * error, ci_high = place + z * error,
                                p_value = 2 * pt(-abs(b[[3]]) / sqrt(squared$covariance[3, 3]), squared$freedom)), call)
  }
}

# Random intercept by REML ---------------------------------------------------------------------------------------------------
mixed <- function(data) {
  data <- data[!is.na(data$y) & !is.na(data$x), ]
  call <- "lmer(y ~ x + (1 | office_id), REML = TRUE)"
  found <- suppressMessages(known({
    # Alike answers, or a line through all of them, leave no variance to part.
    stopifnot(length(unique(data$y)) > 1, sum(residuals(lm(y ~ x, data))^2) > 1e-20)
    # bobyqa warns where it stops at the edge of no variance between offices, which is an answer.
    fit <- suppressWarnings(lmer(y ~ x + (1 | office_id), data, REML = TRUE,
      control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12), check.conv.singular = "ignore",
                            check.conv.grad = "ignore", check.conv.hess = "ignore")))
    between <- as.numeric(VarCorr(fit)$office_id[1])
    within <- sigma(fit)^2
    error <- sqrt(diag(as.matrix(vcov(fit))))
    c(fixef(fit), error, 2 * pnorm(-abs(fixef(fit) / error)), between, within)
  }, 8))
  for (i in 1:2) {
    add("mixed model", c("konstant", "x")[i],
        c(estimate = found[[i]], standard_error = found[[i + 2]], p_value = found[[i + 4]], ci_low = found[[i]] - z * found[[i + 2]],
          ci_high = found[[i]] + z * found[[i + 2]]), call)
  }
  total <- found[[7]] + found[[8]]
  add("mixed model", "mellom kontor", c(estimate = 100 * found[[7]] / total), call)
  add("mixed model", "mellom veiledere", c(estimate = 100 * found[[8]] / total), call)
  add("mixed model", "standardavvik mellom kontor", c(estimate = sqrt(found[[7]])), call)
  add("mixed model", "standardavvik mellom veiledere", c(estimate = sqrt(found[[8]])), call)
}

# Change within offices: lm on offices' weighted means, with a dummy for every office, errors clustered by office -----------------
changes <- function(data) {
  data <- data[!is.na(data$y), ]
  offices <- do.call(rbind, lapply(split(data, list(data$office_id, data$wave), drop = TRUE), function(part) {
    data.frame(office = part$office_id[1], wave = part$wave[1], mean = weighted.mean(part$y, part$weight), w = sum(part$weight))
  }))
  change <- function(row, offices, formula, own, call) {
    found <- known({
      stopifnot(length(unique(offices$wave)) == 2, length(unique(offices$office)) > 2)
      offices$later <- as.numeric(offices$wave == 2024)
      fit <- lm(formula, offices, weights = w)
      stopifnot(!anyNA(coef(fit)))
      x <- model.matrix(fit)
      bread <- solve(crossprod(x, offices$w * x))
      scores <- rowsum(x * (offices$w * residuals(fit)), offices$office)
      covariance <- bread %*% crossprod(scores) %*% bread * nrow(x) / (nrow(x) - own)
      c(coef(fit)[["later"]], sqrt(covariance["later", "later"]))
    }, 2)
    add("change", row, c(estimate = found[1], standard_error = found[2], ci_low = found[1] - z * found[2],
                         ci_high = found[1] + z * found[2]), call)
  }
  change("alle svar", offices, mean ~ later, 2, "lm(mean ~ later, weights = w), clustered by office, n / (n - 2)")
  both <- offices[offices$office %in% offices$office[duplicated(offices$office)], ]
  change("innen samme kontor", both, mean ~ later + factor(office), 1,
         "lm(mean ~ later + factor(office), weights = w), clustered by office, n / (n - 1)")
}
spreads <- function(data) {
  w <- data$weight
  add("weights", "design effect", c(estimate = length(w) * sum(w^2) / sum(w)^2), "length(w) * sum(w^2) / sum(w)^2")
  for (share in c(0.05, 0.95)) {
    add("weights", paste("quantile", share), c(estimate = as.numeric(quantile(w, share, type = 7))), "quantile(w, p, type = 7)")
  }
}

# Post-stratification --------------------------------------------------------------------------------------------------------
strata <- function(data) {
  data$class <- cut(data$size, c(0, 20, 40, 70, 110, Inf), right = FALSE)
  counts <- as.data.frame(table(sector = data$sector, class = data$class), responseName = "Freq")
  counts <- counts[counts$Freq > 0, ]
  answered <- data[data$answered == 1, ]
  design <- postStratify(svydesign(ids = ~1, weights = ~1, data = answered), ~ sector + class, counts)
  answered$w <- weights(design) / mean(weights(design))
  for (i in seq_len(nrow(answered))) {
    add("post-stratification", paste("person", i), c(estimate = answered$w[i]),
        "weights(postStratify(design, ~ sector + class, counts)), mean 1")
  }
}

for (case in unique(frames$case)) {
  data <- frames[frames$case == case, ]
  if (!all(is.na(data$answered))) {
    strata(data)
    next
  }
  current <- data
  means(data)
  sums(data)
  pairs_of(data)
  contrasts_of(data)
  curves(data)
  regressions(data)
  mixed(data)
  changes(data)
  spreads(data)
}
table <- do.call(rbind, rows)
table$value <- ifelse(is.finite(table$value), trimws(formatC(table$value, digits = 15, format = "g")), "NA")
table$versions <- versions
table$frames <- frames$digest[1]
write.csv(table, arguments[2], row.names = FALSE, fileEncoding = "UTF-8")
cat(nrow(table), "reference values,", sum(table$value == "NA"), "of them NA,", versions, "\n")
