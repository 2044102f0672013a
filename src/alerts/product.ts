/** The product's version, as in package.json; a test holds the two together. Named on every alert. */
export const VERSION = "0.1.0";
