const LARGEST_BODY = 256 * 1024;

/** What is wrong with a request, and the code that says so. */
export class RequestError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The JSON of a request's body. What is too large is passed over, and refused at its end: a client that is still sending hears no answer. @throws RequestError */
export async function readJson(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size <= LARGEST_BODY) parts.push(part);
  }
  if (size > LARGEST_BODY) throw new RequestError(413, `the body is larger than ${LARGEST_BODY} bytes; send fewer samples at once`);
  try {
    return JSON.parse(Buffer.concat(parts).toString());
  } catch (error) {
    throw new RequestError(400, `the body is no JSON: ${error.message}`);
  }
}
