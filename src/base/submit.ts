/**
 * Dispatches `submit` for a click on the submit button of a form, which Enter in a field causes too. The browser dispatches
 * none in a frame without `allow-forms`.
 *
 * @param widget an element with an open shadow root
 */
export function dispatchSubmits(widget: Element): void {
  widget.addEventListener('click', (event) => {
    const target = event.composedPath()[0] as Element;
    const button = target.closest<HTMLButtonElement>('button');
    // Fallback content belongs to the page.
    if (event.defaultPrevented || !button?.form || button.type !== 'submit' || widget.contains(target)) return;
    // The browser's own event would be a second one.
    event.preventDefault();
    const { form } = button;
    if (form.noValidate || form.reportValidity()) form.dispatchEvent(new SubmitEvent('submit', { cancelable: true }));
  });
}
