FORMATS={}
def write(*a): raise NotImplementedError
