/** Explanations of the reasons why the numbers of a run may be wrong, by the code of the reason. A result lists these codes under `validity`. */
export const VALIDITY_REASONS = {
  lag: 'iterations of an open load started later than planned, because burn itself was busy or had no CPU: the target got another load than the scenario asks for. Thresholds that lateness can only have made harder excuse it, unless the mean of lag is more than twice its limit, and more than the time between two arrivals or five times the limit',
  stall:
    'the whole process stood still for a while (suspended, swapped out, or without CPU): what ended in that time was read late',
  throttled:
    'a limit on CPU, such as that of a container, stopped burn again and again: what was due or under way in these pauses was sent or read late',
  arrival_shape:
    "starts of an open phase were late enough to change its shape: fewer arrivals than planned within the phase, or gaps that do not have the planned distribution. When nine starts in ten are within a fifth of the limit on lag (2 ms), they count as punctual, and a phase in which more than 1 % of the arrivals waited for a user is not looked at: its shape is the target's",
  event_loop: "burn's event loop had hardly any idle time: this machine is at its limit, and latencies may hold its own waiting",
  loop_delay:
    'in a closed load, replies lay unread while the event loop was late, by a notable share of the latencies measured. Above a third of the time, nothing excuses it: its users asked for less than planned',
  dropped: 'planned iterations never started, because no user was free in time: the target got less load than planned',
  held_back:
    'users with a pace still waited for a reply when their phase ended: iterations that would have been slow are missing',
  cut: 'attempts were still in flight when the run ended: they are in no latency, and would be among the slowest',
  local:
    'attempts failed on this machine (`local_…` classes), or templates and conditions of the scenario failed: that says nothing about the target',
  text_not_found:
    'ok replies of a message step held no text where burn looks for it: tokens, times to the first token and checks of text leave them out',
  missing_part:
    'the results of some parts of a run (shards, workers) are not there: what they sent, and what it came to, is in no number',
  worker_lost:
    'a process that made a share of the load (`--workers`) ended before the run did: what it had not sent yet is missing, and what became of its last attempts is not known',
  parts_apart:
    'the parts of a run (shards) began more than two seconds apart: the target did not get the whole load at one time. It is invalid when they were never under way all at once',
  unasked_frames: 'messages came that belong to no request: what ends a reply may not be what the scenario says',
} as const

/** The code of a reason why the numbers of a run may be wrong, such as `lag` (burn itself was late). */
export type ReasonCode = keyof typeof VALIDITY_REASONS
