       01 R.
           05 ID PIC 9(4).
           05 WHO PIC X(10).
