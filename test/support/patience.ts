/** Conditions are waited for as long as a busy machine needs, in ms; what never comes true is a matter for the limit of the test. */
export const PATIENCE_MS = 60_000
