/** The folder, in the working directory, that holds the folders of runs. */
export const RESULTS_FOLDER = 'burn-results'
/** The name of the result file in a run's folder. */
export const RESULT_NAME = 'result.json'
/** The name of the journal in a run's folder. */
export const JOURNAL_NAME = 'sessions.jsonl'
