// SPDX-License-Identifier: Apache-2.0

/** Whether the text is on the clipboard now. Where a browser does not allow it, it can still be selected by hand. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
