/** Texts that stand for a missing cell, unless it is said otherwise. */
export const MISSING_WORDS: readonly string[] = ["", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "null", "NULL", "None", "?"];
