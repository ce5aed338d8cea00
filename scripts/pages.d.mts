export declare const PAGE_PACKAGES: readonly string[];
export declare function buildPages(): Promise<void>;
