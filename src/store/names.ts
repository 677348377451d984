/** Names of what lies in a run's folder. */
export const RESULTS_FOLDER = 'burn-results'
export const RESULT_NAME = 'result.json'
export const JOURNAL_NAME = 'sessions.jsonl'
