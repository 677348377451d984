/** What is looked at while a run goes on. */
export { AlertWatch } from './alerts.ts'
export { Beside } from './beside.ts'
export { BreachWatch } from './breaches.ts'
export { RunBudget } from './run-budget.ts'
export { SelectedIntervals } from './selected.ts'
export { sideAccess } from './side-access.ts'
export { isBeside } from './side-measure.ts'
export { type MeasuredBeside, wholeRunMeasure } from './whole-run.ts'
