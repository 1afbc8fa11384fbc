/**
 * Names the setting and the remedy for a server that cannot be reached, as far as the client's own words tell: they come
 * from TLS and from the system, and the discovery of a cluster swallows them.
 */
export const unreachable = (error: unknown): string => {
  const words = error instanceof Error ? error.message : ''
  if (/certificate/i.test(words)) return 'Its certificate is not trusted: name the authority with tlsCAFile in the connection string'
  if (/wrong version number/i.test(words))
    return 'It does not speak TLS: a server that is started insecure needs tls=false in the connection string'
  if (/name resolution failed/i.test(words)) return 'The host name is not known: check it in the connection string'
  return 'Check host, port, tls and tlsCAFile in the connection string, and that the server runs'
}
