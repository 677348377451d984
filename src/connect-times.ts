/** How one new connection came about, in ms; null for a stage that does not exist on it. */
export interface ConnectTimes {
  readonly dnsMs: number | null
  readonly connectMs: number | null
  readonly tlsMs: number | null
  /** Protocol handshake after TLS: WebSocket upgrade, MQTT CONNACK. */
  readonly handshakeMs?: number | null
}
