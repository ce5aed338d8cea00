/** The version of the library, as package.json has it: files tell which one wrote them. */
export const VERSION = "0.2.0";
