/** The times that the stages of setting up one new connection took, in ms; null for a stage that it did not have. */
export interface ConnectTimes {
  readonly dnsMs: number | null
  readonly connectMs: number | null
  readonly tlsMs: number | null
  /** Protocol handshake after TLS: WebSocket upgrade, MQTT CONNACK. */
  readonly handshakeMs?: number | null
}
