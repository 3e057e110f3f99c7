"""Persons who differ in how easily any list finds them: families of closed-population models over lists."""
