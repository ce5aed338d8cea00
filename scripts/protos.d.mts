export function messagesSource(): string;
