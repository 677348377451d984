/** What to do with a run that is due while another one goes on: leave it out, start it afterwards, or start it as well. */
export const OVERLAPS = ['skip', 'queue', 'allow'] as const
/** What to do with a run that is due while another one goes on. */
export type Overlap = (typeof OVERLAPS)[number]
