/** What is looked at while a run goes on. */
export { AlertWatch } from './alerts.ts'
export { BreachWatch } from './breaches.ts'
export { RunBudget } from './run-budget.ts'
export { SelectedIntervals } from './selected.ts'
export { isOfServer, measureServer } from './server-measure.ts'
export { ServerWatch } from './server-watch.ts'
