# All tables of weighted estimates by R `survey`: Rscript bench/estimates.R FOLDER
# Reads the populations, makes their designs, and times the loop over the tables alone; prints the seconds last.
suppressPackageStartupMessages(library(survey))
folder <- commandArgs(trailingOnly = TRUE)[1]
options(survey.lonely.psu = "fail")
tasks <- read.csv(file.path(folder, "tasks.csv"), colClasses = "character", na.strings = character())
frames <- list()
designs <- list()
for (place in unique(tasks$frame)) {
  frames[[place]] <- read.csv(file.path(folder, paste0("frame_", place, ".csv")), na.strings = "", fileEncoding = "UTF-8")
  designs[[place]] <- svydesign(ids = ~1, strata = ~s, weights = ~w, data = frames[[place]])
}
for (i in which(tasks$clusters != "")) {
  place <- tasks$frame[i]
  designs[[paste0(place, "c")]] <-
    svydesign(ids = as.formula(paste0("~", tasks$clusters[i])), strata = ~s, weights = ~w, data = frames[[place]], nest = TRUE)
}
one <- function(y, by, design) {
  formula <- as.formula(paste0("~", y))
  if (length(by) == 0) {
    result <- svymean(formula, design, na.rm = TRUE)
    return(data.frame(estimate = coef(result)[[1]], se = SE(result)[[1]]))
  }
  result <- svyby(formula, as.formula(paste0("~", paste(by, collapse = "+"))), design, svymean, na.rm = TRUE)
  data.frame(result[by], estimate = result[[y]], se = SE(result))
}
rows <- list()
started <- proc.time()[["elapsed"]]
for (i in seq_len(nrow(tasks))) {
  y <- paste0("y", tasks$number[i])
  by <- strsplit(tasks$by[i], ";")[[1]]
  place <- paste0(tasks$frame[i], if (tasks$clusters[i] != "") "c" else "")
  design <- designs[[place]]
  # Groups without an answer make svymean fail: they are left out before.
  design <- design[!is.na(design$variables[[y]]), ]
  rows[[length(rows) + 1]] <- list(tasks$number[i], by, one(y, by, design))
  if (tasks$total[i] != "") {
    rows[[length(rows) + 1]] <- list(tasks$number[i], by, one(y, setdiff(by, tasks$total[i]), design))
  }
}
took <- proc.time()[["elapsed"]] - started
written <- do.call(rbind, lapply(rows, function(row) {
  key <- do.call(paste, c(lapply(row[[2]], function(k) if (k %in% names(row[[3]])) as.character(row[[3]][[k]]) else ""), sep = "|"))
  if (length(key) == 0) key <- ""
  data.frame(number = row[[1]], key = key, estimate = row[[3]]$estimate, se = row[[3]]$se)
}))
for (column in c("estimate", "se")) written[[column]] <- format(written[[column]], digits = 15, trim = TRUE)
write.csv(written, file.path(folder, "R.csv"), row.names = FALSE, fileEncoding = "UTF-8")
cat(took, "\n")
