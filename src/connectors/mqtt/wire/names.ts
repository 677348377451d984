/** A version of MQTT, as the protocol level in CONNECT: 4 means MQTT 3.1.1, 5 means MQTT 5. */
export type Version = 4 | 5

/** The names of the MQTT packets that a broker may send, such as `connack`. */
export type PacketName =
  | 'CONNACK'
  | 'PUBLISH'
  | 'PUBACK'
  | 'PUBREC'
  | 'PUBREL'
  | 'PUBCOMP'
  | 'SUBACK'
  | 'UNSUBACK'
  | 'PINGRESP'
  | 'DISCONNECT'
  | 'AUTH'
