# Figure 28's model by lme4, with the fit alone timed: Rscript bench/mixed.R DATA_CSV
# Prints the seconds of the median of five fits, then the fixed effects.
suppressPackageStartupMessages(library(lme4))
data <- read.csv(commandArgs(trailingOnly = TRUE)[1])
x <- names(data)[startsWith(names(data), "x")]
formula <- as.formula(paste("y ~ 0 +", paste(x, collapse = " + "), "+ (1 | office)"))
control <- lmerControl(check.conv.grad = "ignore", check.scaleX = "ignore")
took <- sapply(1:5, function(turn) system.time(fit <<- lmer(formula, data, REML = TRUE, control = control))[["elapsed"]])
cat(median(took), format(fixef(fit), digits = 15), "\n")
