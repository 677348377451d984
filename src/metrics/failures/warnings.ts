/** Explains each warning (an oddity of a reply that did not make it fail), in one line for the summary and the docs. */

/**
 * Explanations of warnings about replies: pairs of a pattern for names of warnings, such as `bad_utf8`, and a text that says what the warning means
 * and what to do. The first pattern that matches applies.
 */
export const WARNINGS: readonly (readonly [RegExp, string])[] = [
  [/^bad_utf8$/, 'the reply holds bytes that are no UTF-8, shown as �; the journal has them as base64'],
  [
    /^text_not_found$/,
    'no text was found in a reply that is not empty: check url, preset and dialect, or map it with target.response; `burn ping` shows the reply',
  ],
  [
    /^empty_reply$/,
    'the model said nothing: look at maxTokens and the prompt; `burn ping` shows the reply; a threshold can bound it: empty_reply < 1%',
  ],
  [/^blocked$/, 'a filter blocked the reply, or the model refused: look at the prompts; a threshold can bound it: blocked < 5%'],
  [
    /^not_json$/,
    'the reply says by its content type that it is JSON, and is not or was cut off; a check or capture of its JSON fails such replies',
  ],
  [/^unverified_end$/, 'nothing in the reply says that it was complete: tell its end with target.response.end'],
  [/^no_finish_reason$/, 'the stream ended with its marker, but never said why the model stopped'],
  [
    /^hidden_reasoning$/,
    'the model reasoned and nothing of it was shown: ttft is the time to the first output, and token speeds are of visible tokens',
  ],
  [
    /^uncounted_reasoning$/,
    'reasoning was shown as a summary or not at all, and the usage does not count it apart: tpot and tokens_per_second are left out',
  ],
  [
    /^server_times_differ$/,
    'the server tells over 2 ms more time than burn saw pass: clocks or definitions differ; network leaves such replies out',
  ],
  [/^bad_server_times$/, 'what stands where the server tells its times is no time: not a number, negative, or over an hour'],
  [/^cold_start$/, 'the server loaded the model for this reply, which took over a second: begin with a phase of `warmup: true`'],
  [/^unknown_cost$/, 'the target has prices, but the reply did not tell its tokens: what it cost is in no sum'],
  [
    /^empty_event$/,
    'an event of the stream had no data, as if to keep the connection open; a comment line (`:`) is meant for that',
  ],
  [/^extra_bytes$/, 'more bytes came than the reply was long: the server counts its lengths wrong'],
  [/^redirected$/, 'the target sent the request elsewhere: put the final address into target.url'],
  [
    /^redirect_not_followed$/,
    'the target sent the request elsewhere, and that was taken for the reply: set http.maxRedirects (HTTP/1.1), or expect the status',
  ],
  [/^quota_pause$/, 'held back until the wait that a 429 asked for was over (onRateLimit: pause); the wait is in queue_wait'],
  [/^duplicate$/, 'a message was delivered again after its reply: at QoS 1 the broker may do so'],
  [/^uncertain_reply$/, 'a reply could not be told from one that came late: let replies carry an id (correlation)'],
  [
    /^unasked_frames$/,
    'messages came between a complete reply and this request: say which message ends a reply, or match them by ids',
  ],
  [/^resent$/, 'the publish was sent again after its connection was lost'],
  [/^pubrel_resent$/, 'the release of a publish (QoS 2) was sent again after its connection was lost'],
  [/^no_matching_subscribers$/, 'the broker took the message, but nobody listens to its topic'],
  [/^no_subscription$/, 'the broker knew of no subscription to the topic that was to be given up'],
  [/^no_topic_alias$/, 'the broker takes no topic aliases: each publish bore its whole topic'],
  [/^qos_lowered$/, 'the broker granted a lower QoS than was asked for'],
  [/^moved_/, 'the server gave the request back unread, as HTTP/2 lets it, and it was sent once more'],
  [/^tag_values$/, 'a tag has more values than are told apart: see the notes'],
]

/** Returns what the warning called `name` means and what to do about it; empty for an unknown name. */
export function warningText(name: string): string {
  return WARNINGS.find(([pattern]) => pattern.test(name))?.[1] ?? ''
}
