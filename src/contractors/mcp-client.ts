/**
 * The one door to the MCP client library: import it lazily, through session.ts, so that a front end that never talks to
 * a contractor does not pay for it (TOOLCHAIN, start-up time).
 */
export { Client, ProtocolError, SdkError, SdkErrorCode } from '@modelcontextprotocol/client';
export { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
