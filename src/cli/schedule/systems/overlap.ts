/**
 * The values of `burn schedule --overlap`: what happens to a run that is due while another is running. `skip` leaves it out, `queue` starts it
 * afterwards (unless another one waits already), `allow` starts it at once.
 */
export const OVERLAPS = ['skip', 'queue', 'allow'] as const
/**
 * What happens to a run that is due while another is running: `skip` leaves it out, `queue` starts it afterwards (unless another one waits already),
 * `allow` starts it at once.
 */
export type Overlap = (typeof OVERLAPS)[number]
