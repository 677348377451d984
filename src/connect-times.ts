/** How long each stage of opening a connection took, in ms; null for a stage that this connection did not have. */
export interface ConnectTimes {
  readonly dnsMs: number | null
  readonly connectMs: number | null
  readonly tlsMs: number | null
  /** Time of the protocol's own handshake after TLS, such as a WebSocket upgrade or the wait for MQTT's CONNACK. */
  readonly handshakeMs?: number | null
}
