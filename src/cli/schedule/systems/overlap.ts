/** What to do with a run that is due while another is running: leave it out, start it afterwards, or start it at once. */
export const OVERLAPS = ['skip', 'queue', 'allow'] as const
/** What happens to a run that is due while another is running: `skip` leaves it out, `queue` starts it afterwards, `allow` starts it at once. */
export type Overlap = (typeof OVERLAPS)[number]
