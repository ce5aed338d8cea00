/** The script and the style sheet of the dashboard's page, and their hashes as a content security policy has them: see scripts/pages.mjs. */
export declare const SCRIPT: string;
export declare const SCRIPT_HASH: string;
export declare const STYLE: string;
export declare const STYLE_HASH: string;
