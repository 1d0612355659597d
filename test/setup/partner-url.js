/**
 * Returns the origin of the demo's partner page, which the server prints at its start.
 *
 * @param {import('./start-server.js').RunningServer} server
 * @returns {string} without a slash at its end
 */
export function partnerUrl(server) {
  const [url] =
    server
      .output()
      .match(/http:\/\/localhost:\d+(?=\/\s)/g)
      ?.filter((found) => found !== server.url) ?? [];
  if (!url) throw new Error(`The server printed no address of the partner's page:\n${server.output()}`);
  return url;
}
