/** Names of what lies in a run's folder. */
export const RESULTS_FOLDER = 'burn-results'
/** The result of a run. */
export const RESULT_NAME = 'result.json'
/** Its conversation journal. */
export const JOURNAL_NAME = 'sessions.jsonl'
