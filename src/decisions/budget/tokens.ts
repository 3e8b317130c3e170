/** UTF-8 bytes a token. Against o200k our results come out 3 to 24 % low, prose up to half too high (test/mcp/token-count). */
const BYTES_PER_TOKEN = 3.5;

/** Tokens that a text of so many UTF-8 bytes is estimated to cost a model that reads it. */
export const tokensOfBytes = (bytes: number): number => Math.ceil(bytes / BYTES_PER_TOKEN);
