/**
 * Matches finish reasons and error codes that mean a blocked reply: `content_filter`, `SAFETY`, `refusal`, `RECITATION`, `PROHIBITED_CONTENT`,
 * `BLOCKLIST`, `SPII`, `guardrail_intervened`, `content_filtered`, `ERROR_TOXIC`, `MODEL_ARMOR`, `sensitive`, `content_policy_violation` and similar
 * ones.
 */
const BLOCK_WORD =
  /content.?filter|safety|refusal|recitation|prohibited|block(?:ed|list)|\bspii\b|guardrail|toxic|moderation|^sensitive$|model.?armor|(?:content|usage).?policy|policy.?violation|jailbreak/i

/**
 * True when a word from an API, such as the finish reason or error code `content_filter`, means that a content filter or the model itself refused to
 * reply.
 */
export function isBlockWord(word: string): boolean {
  return BLOCK_WORD.test(word)
}
