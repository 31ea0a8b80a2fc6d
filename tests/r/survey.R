# Reference values for the estimators, by R `survey`, from the twin's raw files.
# Usage: Rscript tests/r/survey.R RAW_CSV_FOLDER OUT_CSV      (make oracle does both steps)
# Writes one row an estimate: call, keys, estimate, standard_error; the versions stand in the last column.
suppressPackageStartupMessages(library(survey))
arguments <- commandArgs(trailingOnly = TRUE)
raw <- arguments[1]
out <- arguments[2]
versions <- paste0("R ", getRversion(), ", survey ", packageVersion("survey"))
ages <- c("unge (under 30 år)", "de over 30 år", "begge aldersgrupper")
sectors <- c("statlig", "kommunal")

# Weights by survey::postStratify on the frame's counts, mean 1 per wave --------------------------------------------
read_wave <- function(year) {
  answered <- read.csv(file.path(raw, paste0("survey_", year, ".csv")))
  frame <- read.csv(file.path(raw, paste0("frame_", year, ".csv")))
  size_class <- function(size) cut(size, c(0, 20, 40, 70, 110, Inf), right = FALSE)
  frame$size_class <- size_class(frame$office_size)
  answered <- merge(answered, frame, by = "respondent_id")
  counts <- as.data.frame(table(sector = frame$sector, size_class = frame$size_class), responseName = "Freq")
  design <- svydesign(ids = ~1, weights = ~1, data = answered)
  design <- postStratify(design, ~ sector + size_class, counts)
  answered$weight <- weights(design) / mean(weights(design))
  answered$wave <- year
  answered
}
keep <- c("respondent_id", "office_id", "wave", "weight", "sector", "office_size", "nav_region", "has_caseload",
          "role_counsellor", "role_job_specialist", "role_kvp", "role_intro", "role_leader", "age_group_followed",
          "users_immigrants", "caseload", "act_planned")
waves <- do.call(rbind, lapply(c(2022, 2023, 2024), function(year) read_wave(year)[keep]))
is <- function(x) !is.na(x) & x == 1
counsellors <- waves[is(waves$has_caseload) & is(waves$role_counsellor) & !is(waves$role_job_specialist) &
                       !is(waves$role_kvp) & !is(waves$role_intro) & !is(waves$role_leader), ]
counsellors$caseload[counsellors$caseload < 0] <- NA
counsellors$act_planned[counsellors$act_planned < 0] <- NA
counsellors$group <- ages[match(counsellors$age_group_followed, 1:3)]
counsellors$sector <- sectors[counsellors$sector]

rows <- list()
add <- function(call, estimate, se, wave = "", group = "", sector = "", category = "", x = NA, n = NA) {
  rows[[length(rows) + 1]] <<- data.frame(call, wave, group, sector, category, x, estimate, standard_error = se, n)
}
design <- svydesign(ids = ~1, strata = ~wave, weights = ~weight, data = counsellors)
clustered <- svydesign(ids = ~office_id, strata = ~wave, weights = ~weight, data = counsellors, nest = TRUE)
options(survey.lonely.psu = "fail")

add_by <- function(call, by, design) {
  result <- svyby(~caseload, by, design, svymean, na.rm = TRUE)
  keys <- all.vars(by)
  for (i in seq_len(nrow(result))) {
    key <- setNames(lapply(keys, function(k) as.character(result[i, k])), keys)
    do.call(add, c(list(call, result$caseload[i], SE(result)[i]), key))
  }
}
add_by("mean by group wave", ~ group + wave, design)
add_by("mean by wave", ~wave, design)
add_by("mean by sector group wave", ~ sector + group + wave, design)
add_by("mean by group wave, clusters office", ~ group + wave, clustered)
immigrants <- subset(design, is(users_immigrants))
result <- svyby(~caseload, ~ sector + wave, immigrants, svymean, na.rm = TRUE)
for (i in seq_len(nrow(result))) {
  add("mean within users_immigrants by sector wave", result$caseload[i], SE(result)[i],
      wave = as.character(result$wave[i]), sector = result$sector[i])
}

# Totals of all who were invited: the weights that postStratify gives, whose sum is the frame's ------------------------
invited <- sapply(c(2022, 2023, 2024), function(year) nrow(read.csv(file.path(raw, paste0("frame_", year, ".csv")))))
answered <- table(waves$wave)
counsellors$grossed <- counsellors$weight * (invited / answered)[as.character(counsellors$wave)]
for (ids in c("office", "person")) {
  grossed <- svydesign(ids = if (ids == "office") ~office_id else ~1, strata = ~wave, weights = ~grossed, data = counsellors, nest = TRUE)
  label <- if (ids == "office") ", clusters office" else ""
  for (i in seq_len(nrow(result <- svyby(~caseload, ~ group + wave, grossed, svytotal, na.rm = TRUE)))) {
    add(paste0("total by group wave", label), result$caseload[i], SE(result)[i], wave = as.character(result$wave[i]), group = result$group[i])
  }
  # na.rm leaves out who lacks either answer, as a domain does.
  both <- subset(grossed, !is.na(act_planned) & !is.na(caseload))
  for (i in seq_len(nrow(result <- svyby(~act_planned, denominator = ~caseload, ~ group + wave, both, svyratio)))) {
    add(paste0("ratio by group wave", label), result[["act_planned/caseload"]][i], SE(result)[i], wave = as.character(result$wave[i]), group = result$group[i])
  }
}
for (age in ages) {
  counsellors[[paste0("is_", match(age, ages))]] <- 100 * (counsellors$group == age)
}
design <- svydesign(ids = ~1, strata = ~wave, weights = ~weight, data = counsellors)
for (i in 1:3) {
  result <- svyby(as.formula(paste0("~is_", i)), ~wave, design, svymean, na.rm = TRUE)
  for (j in seq_len(nrow(result))) {
    add("share by wave", result[[2]][j], SE(result)[j], wave = as.character(result$wave[j]), group = ages[i])
  }
}

# Curves: svyglm on size and size^2, one per group and wave, predicted at five sizes --------------------------------
sizes <- c(20, 50, 80, 120, 180)
for (year in c(2022, 2024)) {
  for (age in ages) {
    part <- subset(design, wave == year & group == age)
    fit <- svyglm(caseload ~ office_size + I(office_size^2), part)
    predicted <- predict(fit, data.frame(office_size = sizes), se.fit = TRUE)
    for (i in seq_along(sizes)) {
      add("curve", coef(predicted)[i], SE(predicted)[i], wave = as.character(year), group = age, x = sizes[i])
    }
  }
}

# Small frames made by hand: equal values, one member in a domain, weights of very different size -------------------
small <- data.frame(
  wave = 2024, group = c("a", "a", "a", "b", "c", "c", "c", "c"), y = c(4, 4, 4, 9, 1, 5, NA, 2),
  w = c(1, 1, 1, 2, 0.001, 100, 1, 3)
)
result <- svyby(~y, ~group, svydesign(ids = ~1, weights = ~w, data = small), svymean, na.rm = TRUE)
for (i in seq_len(nrow(result))) {
  add("small frame", result$y[i], SE(result)[i], group = result$group[i])
}
for (year in c(2022, 2023, 2024)) {
  one <- waves[waves$wave == year, ]
  for (share in c(0.05, 0.5, 0.95)) {
    ordered <- sort(one$weight)
    add("weight quantile", ordered[ceiling(share * length(ordered))], NA, wave = as.character(year), x = share)
  }
}

table <- do.call(rbind, rows)
table$versions <- versions
table$twin <- readLines(file.path(raw, "twin.txt"), warn = FALSE)
for (column in c("estimate", "standard_error")) table[[column]] <- trimws(formatC(table[[column]], digits = 15, format = "g"))
write.csv(table, out, row.names = FALSE, na = "", fileEncoding = "UTF-8")
cat(nrow(table), "reference values,", versions, "\n")
