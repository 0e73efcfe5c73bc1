"""Does the store keep its promises, on every database?"""
