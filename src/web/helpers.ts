// What views may call: formatting, and the one way to put JSON into a page. Written with the views.
export const placeholder = true;
