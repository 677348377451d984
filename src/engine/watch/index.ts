/** The entry point of the folder `watch`: the parts of the engine that check a run while it goes on, such as alerts, budgets and health checks. */

export { type AlertNews, AlertWatch, type RuleNews } from './alerts.ts'
export { Beside } from './beside.ts'
export { BreachWatch } from './breaches.ts'
export { isOfTraffic } from './outage-measure.ts'
export { RunBudget } from './run-budget.ts'
export { SelectedIntervals } from './selected.ts'
export { sideAccess } from './side-access.ts'
export { isBeside } from './side-measure.ts'
export { type MeasuredBeside, wholeRunMeasure } from './whole-run.ts'
