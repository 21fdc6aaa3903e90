"""The benchmark's job in the words of other tools, each as its documentation would have it done."""
