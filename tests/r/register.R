# Independent re-estimation of V1-V4 from one row a person.
# Usage: Rscript tests/r/register.R PERSONS_CSV OUT_CSV      (make oracle does all steps)
# Base R only: lm, its classical errors, and HC1 written out. Categories are merged here, not in the report's code.
# Writes one row a coefficient: model, column, term, estimate, standard_error, p_value, standard_error_hc1, p_value_hc1;
# and the rows r2 and n.
arguments <- commandArgs(trailingOnly = TRUE)
persons <- read.csv(arguments[1])
twin <- readLines(sub("\\.csv$", ".txt", arguments[1]), warn = FALSE)

# Raw codes to the tables' categories; the first level is the reference.
merged <- function(x, groups) factor(rep(names(groups), lengths(groups))[match(x, unlist(groups))], names(groups))
persons$woman <- as.numeric(persons$gender == 1)
persons$age <- cut(persons$age_years, c(-Inf, 19, 24, 29), c("19", "20-24", "25-29"))
persons$age <- relevel(persons$age, "20-24")
persons$birth <- merged(persons$birth_region, list("1" = 1, "2" = 2, "3" = 3, "4" = 4, "5" = c(5, 6)))
persons$school <- merged(persons$education, list("2" = 2, "1" = 1, "3" = c(3, 4), "4" = 5))
persons$place <- merged(persons$county, list("1" = 1, "2" = 2, "3" = 4, "4" = 3, "5" = 5, "6" = 6, "7" = 7, "8" = 8, "9" = 9,
                                             "10" = 10, "11" = 11, "12" = c(12, 13)))
persons$dagpenger <- as.numeric(persons$benefit == 2)
persons$aap <- as.numeric(persons$benefit == 1)
persons$standard <- as.numeric(persons$service_group == 1)
long <- cut(persons$duration_months, c(2, 5, 13, 25, 37, 49, Inf), c("1", "2", "3", "4", "5", "6"))
persons$long <- relevel(long, "2")
persons$short <- relevel(cut(persons$duration_months, c(2, 5, 13, 25, Inf), c("1", "2", "3", "4")), "2")

rows <- list()
estimate <- function(model, column, groups, outcome, terms) {
  data <- persons[persons$service_group %in% groups, ]
  fit <- lm(as.formula(paste(outcome, "~", terms)), data)
  x <- model.matrix(fit)
  n <- nrow(x)
  k <- ncol(x)
  bread <- solve(crossprod(x))
  robust <- sqrt(diag(bread %*% crossprod(x * residuals(fit)) %*% bread) * n / (n - k))
  classical <- coef(summary(fit))
  p_robust <- 2 * pt(-abs(coef(fit) / robust), n - k)
  rows[[length(rows) + 1]] <<- data.frame(
    model, column, term = names(coef(fit)), estimate = coef(fit), standard_error = classical[, 2],
    p_value = classical[, 4], standard_error_hc1 = robust, p_value_hc1 = p_robust)
  rows[[length(rows) + 1]] <<- data.frame(
    model, column, term = c("r2", "n"), estimate = c(summary(fit)$r.squared, n), standard_error = NA, p_value = NA,
    standard_error_hc1 = NA, p_value_hc1 = NA)
}
base <- "woman + age + birth + school"
first <- function(work, more = "") paste(base, "+ dagpenger + place +", work, "+ short + has_children", more)
second <- function(more = "") paste(base, "+ aap + place + long + has_children", more)
work <- "partly_at_work + fully_laid_off"
estimate("tbl-v1", 1, 2, "labour_market_measure", first(work))
estimate("tbl-v1", 2, 3, "labour_market_measure", second("+ medical_treatment"))
estimate("tbl-v2", 1, 2, "no_activity", first("fully_laid_off"))
estimate("tbl-v2", 2, 3, "no_activity", second())
estimate("tbl-v3", 1, c(1, 2), "digital_dialogue", first(work, "+ labour_market_measure + standard"))
estimate("tbl-v3", 2, 3, "digital_dialogue", second("+ medical_treatment + labour_market_measure"))
estimate("tbl-v4", 1, 2, "meeting_or_conversation", first(work, "+ labour_market_measure"))
estimate("tbl-v4", 2, 3, "meeting_or_conversation", second("+ medical_treatment + labour_market_measure"))

table <- do.call(rbind, rows)
for (column in names(table)[4:8]) {
  text <- trimws(formatC(table[[column]], digits = 15, format = "g"))
  table[[column]] <- ifelse(is.na(table[[column]]), "", text)
}
table$versions <- paste("R", getRversion())
table$twin <- twin[1]
write.csv(table, arguments[2], row.names = FALSE, fileEncoding = "UTF-8")
cat(nrow(table), "reference values, R", as.character(getRversion()), "\n")
