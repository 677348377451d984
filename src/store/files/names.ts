/** The folder, in the working directory, in which each run gets a folder of its own, unless a configuration names another. */
const USUAL_FOLDER = 'burn-results'
let folder = USUAL_FOLDER

/** Returns the folder in which each run gets a folder of its own. */
export const resultsFolder = (): string => folder

/** Makes `path` the folder in which runs get their folders; without one, it is `burn-results` again. */
export function useResultsFolder(path: string = USUAL_FOLDER): void {
  folder = path
}

/** The name of the result file in a run's folder. */
export const RESULT_NAME = 'result.json'
/** The name of the journal in a run's folder. The journal is a file with one line for each attempt. */
export const JOURNAL_NAME = 'sessions.jsonl'
/** The name of the file of a comparison in its folder. */
export const COMPARISON_NAME = 'comparison.json'
/** The name of the file in a run's folder with a line for each thing that stands out. */
export const ANOMALIES_NAME = 'anomalies.jsonl'
/** The name of the file in a run's folder with a line for each message to a webhook and each try to deliver it. */
export const DELIVERIES_NAME = 'deliveries.jsonl'
