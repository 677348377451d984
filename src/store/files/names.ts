/** The folder, in the working directory, in which each run gets a folder of its own, unless a configuration names another. */
const USUAL_FOLDER = 'burn-results'
let folder = USUAL_FOLDER

/** Returns the path of the folder that holds the folders of all runs. */
export const resultsFolder = (): string => folder

/** Sets the folder in which burn stores the folders of all runs; without `path`, sets it to the default, `burn-results`. */
export function useResultsFolder(path: string = USUAL_FOLDER): void {
  folder = path
}

/** The name of the result file in a run's folder. */
export const RESULT_NAME = 'result.json'
/** The name of the journal in a run's folder. The journal is a file with one line for each attempt. */
export const JOURNAL_NAME = 'sessions.jsonl'
/** The name of the file in the results folder that holds the answers of judge models, which score replies. */
export const JUDGEMENTS_NAME = 'judgements.jsonl'
/** The name of the folder, inside the results folder, that holds saved baselines. The folder does not belong to a run. */
export const BASELINES_NAME = 'baselines'
/** The name of the file that holds a comparison of runs, in the comparison's folder. */
export const COMPARISON_NAME = 'comparison.json'
/**
 * The name of the file in a run's folder with a line for each anomaly, such as a slow attempt; at most fifty of a group, such as those of one step.
 */
export const ANOMALIES_NAME = 'anomalies.jsonl'
/** The name of the file in a run's folder with a line for each notification to a webhook and for each try to deliver it. */
export const DELIVERIES_NAME = 'deliveries.jsonl'
/** The name of the file with the result of a suite of tests, in the folder that also holds the folders of the suite's runs. */
export const SUITE_NAME = 'suite.json'
/** The name of the file with the result of a capacity search (`burn search`), in the folder that also holds the folders of the search's runs. */
export const SEARCH_NAME = 'search.json'
