/** Conditions are waited for as long as a busy machine needs, in ms; what never comes true is a matter for the limit of the test. */
export const PATIENCE_MS = 60_000

/** How often a condition is looked at, in ms. */
export const POLL_MS = 10
