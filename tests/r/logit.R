# Reference values for the logistic curves, by R `survey`, from a frame that a formula makes (tests/test_logit.py has it).
# Usage: Rscript tests/r/logit.R OUT_CSV
suppressPackageStartupMessages(library(survey))
out <- commandArgs(trailingOnly = TRUE)[1]
i <- 0:239
frame <- data.frame(
  size = 8 + (i * 53) %% 187, weight = 0.5 + (i %% 7) / 4, wave = ifelse(i %% 3 == 0, 2022, 2024),
  y = as.numeric((i * 37) %% 101 < 15 + ((i * 53) %% 187) / 4))
design <- svydesign(ids = ~1, strata = ~wave, weights = ~weight, data = frame)
fit <- svyglm(y ~ size + I(size^2), design, family = quasibinomial(),
              control = glm.control(epsilon = 1e-14, maxit = 100))
at <- c(10, 50, 100, 190)
response <- predict(fit, data.frame(size = at), type = "response")
link <- predict(fit, data.frame(size = at), type = "link")
error <- as.numeric(SE(link))
write.csv(data.frame(
  x = at, estimate = 100 * as.numeric(response), standard_error = 100 * as.numeric(SE(response)),
  ci_low = 100 * plogis(as.numeric(link) - qnorm(0.975) * error),
  ci_high = 100 * plogis(as.numeric(link) + qnorm(0.975) * error),
  versions = paste0("R ", getRversion(), ", survey ", packageVersion("survey"))), out, row.names = FALSE)
