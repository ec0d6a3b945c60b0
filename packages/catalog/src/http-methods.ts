/** The methods that OpenTelemetry's conventions name; any other is one of many (RFC 9110, RFC 5789, QUERY). */
export const httpMethods = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
  'QUERY',
] as const
